-- Removes everything that setup.sql and network_policy.sql have made, with all data. Time Travel keeps the database for
-- its retention time: UNDROP DATABASE brings it back until then.
--
-- Run it as a user who has ACCOUNTADMIN, with the parameters that those two were run with. The database is named each
-- time, so that nobody drops one by default:
--
--     snow sql -f deploy/snowflake/teardown.sql -D "database=AMAZON_DB"

USE ROLE ACCOUNTADMIN;
DROP DATABASE IF EXISTS <% database %>;
DROP USER IF EXISTS <% user | default('TIKTOK_SERVICE') %>;
DROP NETWORK POLICY IF EXISTS <% policy | default('TIKTOK_ADDRESSES') %>;
DROP WAREHOUSE IF EXISTS <% warehouse | default('TIKTOK_WH') %>;
DROP RESOURCE MONITOR IF EXISTS <% monitor | default('TIKTOK_MONITOR') %>;
DROP ROLE IF EXISTS <% analyst_role | default('TIKTOK_ANALYST') %>;
DROP ROLE IF EXISTS <% reader_role | default('TIKTOK_READER') %>;
DROP ROLE IF EXISTS <% role | default('TIKTOK_LOADER') %>;
