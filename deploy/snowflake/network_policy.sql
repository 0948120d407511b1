-- Lets the service user sign in from these addresses only. Other users are not affected.
--
-- Run it as a user who has ACCOUNTADMIN, with the addresses that the pipeline's machine has on the internet:
--
--     snow sql -f deploy/snowflake/network_policy.sql -D "addresses='203.0.113.7/32'"
--
-- It may be run again, with other addresses: Snowflake replaces no policy that a user has, so it is changed instead.
-- With a wrong address, the pipeline cannot sign in. This removes the policy again:
--
--     ALTER USER TIKTOK_SERVICE UNSET NETWORK_POLICY; DROP NETWORK POLICY TIKTOK_ADDRESSES;

USE ROLE ACCOUNTADMIN;
CREATE NETWORK POLICY IF NOT EXISTS <% policy | default('TIKTOK_ADDRESSES') %> ALLOWED_IP_LIST = (<% addresses %>)
  COMMENT = 'Where tiktok_insights signs in from.';
ALTER NETWORK POLICY <% policy | default('TIKTOK_ADDRESSES') %> SET ALLOWED_IP_LIST = (<% addresses %>);
ALTER USER <% user | default('TIKTOK_SERVICE') %> SET NETWORK_POLICY = <% policy | default('TIKTOK_ADDRESSES') %>;
