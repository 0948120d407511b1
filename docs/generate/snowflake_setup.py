"""What prepares a Snowflake account, from the statements that create the tables. A person runs it, never the pipeline.

The names in it are parameters of the Snowflake CLI, each with a default.
"""

import re

from tiktok_insights.tables.creation import creation_script
from tiktok_insights.tables.namespace import Namespace

SETUP = "deploy/snowflake/setup.sql"

#: The parameters and their defaults: the settings', but for the role and the warehouse, which are the pipeline's own.
PARAMETERS = {
    "database": "AMAZON_DB",
    "schema": "PUBLIC",
    "internal_schema": "TIKTOK_INTERNAL",
    "view_schema": "MAIN",
    "reader_schema": "TIKTOK_READERS",
    "warehouse": "TIKTOK_WH",
    "role": "TIKTOK_LOADER",
    "analyst_role": "TIKTOK_ANALYST",
    "reader_role": "TIKTOK_READER",
    "user": "TIKTOK_SERVICE",
    "monitor": "TIKTOK_MONITOR",
    "credits_a_month": "20",
}
_SCHEMAS = ("schema", "internal_schema", "view_schema", "reader_schema")
_FIRST = """\
-- Written by `make docs`. Prepares a Snowflake account: roles, user, virtual warehouse, database, schemas and tables.
--
-- Run it as a user who has ACCOUNTADMIN. Make the key first:
--
--     tiktok-insights snowflake keys
--     snow sql -f deploy/snowflake/setup.sql -D "public_key=$(cat snowflake_key.pub)"
--
-- The other parameters have defaults. For example: -D "database=ANALYTICS" -D "credits_a_month=50"
--
{parameters}
--
-- It may be run again: what exists stays as it is, and the user gets the key of this run.

-- Who loads, who reads with and without names, and who signs in. A user of the type SERVICE has no password.
USE ROLE USERADMIN;
CREATE ROLE IF NOT EXISTS {role} COMMENT = 'Loads TikTok followers. Owns the tables.';
CREATE ROLE IF NOT EXISTS {analyst_role} COMMENT = 'Reads the views of TikTok followers, with names and IDs.';
CREATE ROLE IF NOT EXISTS {reader_role} COMMENT = 'Reads the views of TikTok followers, with pseudonyms.';
GRANT ROLE {role} TO ROLE SYSADMIN;
GRANT ROLE {analyst_role} TO ROLE SYSADMIN;
GRANT ROLE {reader_role} TO ROLE SYSADMIN;
CREATE USER IF NOT EXISTS {user} TYPE = SERVICE DEFAULT_ROLE = {role} DEFAULT_WAREHOUSE = {warehouse}
  COMMENT = 'Signs in for tiktok_insights, with a key pair.';
ALTER USER {user} SET RSA_PUBLIC_KEY = '<% public_key %>';
GRANT ROLE {role} TO USER {user};

-- Where the data is. The loading role owns the schemas, because only the owner of a table may use its stage.
USE ROLE SYSADMIN;
CREATE DATABASE IF NOT EXISTS {database};
{schemas}
GRANT USAGE ON DATABASE {database} TO ROLE {role};
GRANT USAGE ON DATABASE {database} TO ROLE {analyst_role};
GRANT USAGE ON DATABASE {database} TO ROLE {reader_role};

-- What computes: the smallest size, suspended after a minute without work.
CREATE WAREHOUSE IF NOT EXISTS {warehouse} WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE
  INITIALLY_SUSPENDED = TRUE COMMENT = 'Loads and reads TikTok followers.';
GRANT USAGE ON WAREHOUSE {warehouse} TO ROLE {role};
GRANT USAGE ON WAREHOUSE {warehouse} TO ROLE {analyst_role};
GRANT USAGE ON WAREHOUSE {warehouse} TO ROLE {reader_role};

-- What it may cost. Nothing runs any more once the month's credits are used.
USE ROLE ACCOUNTADMIN;
CREATE RESOURCE MONITOR IF NOT EXISTS {monitor} WITH CREDIT_QUOTA = {credits_a_month} FREQUENCY = MONTHLY
  START_TIMESTAMP = IMMEDIATELY TRIGGERS ON 80 PERCENT DO NOTIFY ON 100 PERCENT DO SUSPEND;
ALTER WAREHOUSE {warehouse} SET RESOURCE_MONITOR = {monitor};

-- What people read: the views, also those that come later. Readers see no name, handle or ID; analysts do.
USE ROLE SECURITYADMIN;
GRANT USAGE ON SCHEMA {database}.{view_schema} TO ROLE {analyst_role};
GRANT SELECT ON ALL VIEWS IN SCHEMA {database}.{view_schema} TO ROLE {analyst_role};
GRANT SELECT ON FUTURE VIEWS IN SCHEMA {database}.{view_schema} TO ROLE {analyst_role};
GRANT USAGE ON SCHEMA {database}.{reader_schema} TO ROLE {reader_role};
GRANT SELECT ON ALL VIEWS IN SCHEMA {database}.{reader_schema} TO ROLE {reader_role};
GRANT SELECT ON FUTURE VIEWS IN SCHEMA {database}.{reader_schema} TO ROLE {reader_role};

-- The tables, as the pipeline itself would create them.
USE ROLE {role};
USE WAREHOUSE {warehouse};
USE DATABASE {database};
"""
_OWNED_SCHEMA = """\
CREATE SCHEMA IF NOT EXISTS {{database}}.{{{schema}}};
GRANT OWNERSHIP ON SCHEMA {{database}}.{{{schema}}} TO ROLE {{role}} COPY CURRENT GRANTS;"""


def snowflake_setup() -> str:
    """The whole file."""
    places = {name: f"<% {name} | default('{default}') %>" for name, default in PARAMETERS.items()}
    schemas = "\n".join(_OWNED_SCHEMA.format(schema=name) for name in _SCHEMAS).format(**places)
    parameters = "\n".join(f"--     {name:<16} {default}" for name, default in PARAMETERS.items())
    return _FIRST.format(**places, schemas=schemas, parameters=parameters) + _tables(places)


def _tables(places: dict[str, str]) -> str:
    names = {name: f"PLACE_OF_{name.upper()}" for name in ("database", *_SCHEMAS)}
    script = creation_script(Namespace.named(*names.values()))
    # The loading role owns the schemas, and needs no right to create one.
    script = re.sub(r"CREATE SCHEMA IF NOT EXISTS \w+;\n\n", "", script)
    found = {name: places[parameter] for parameter, name in names.items()}
    return re.sub(r"PLACE_OF_[A-Z_]*[A-Z]", lambda match: found[match.group()], script)
