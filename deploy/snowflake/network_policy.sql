-- Lets the service user sign in from these addresses only. Other users are not affected.
--
-- Run it as a user who has ACCOUNTADMIN, with the addresses that the pipeline's machine has on the internet:
--
--     snow sql -f deploy/snowflake/network_policy.sql -D "addresses='203.0.113.7/32'"
--
-- With a wrong address, the pipeline cannot sign in. This removes the policy again:
--
--     ALTER USER TIKTOK_SERVICE UNSET NETWORK_POLICY; DROP NETWORK POLICY TIKTOK_ADDRESSES;

USE ROLE ACCOUNTADMIN;
CREATE OR REPLACE NETWORK POLICY <% policy | default('TIKTOK_ADDRESSES') %> ALLOWED_IP_LIST = (<% addresses %>)
  COMMENT = 'Where tiktok_insights signs in from.';
ALTER USER <% user | default('TIKTOK_SERVICE') %> SET NETWORK_POLICY = <% policy | default('TIKTOK_ADDRESSES') %>;
