"""How S3 and Glue are reached, which is the same for both resources."""

from pydantic import Field

from tiktok_insights.resources.client_resource import ClientResource


class AwsResource(ClientResource):
    """A client of AWS. What is empty is the local stack's, or without one what boto3 finds by itself."""

    region: str = Field(default="", description="The region, such as eu-central-1.")
    endpoint_url: str = Field(default="", description="The address of the service; empty: the region's own.")
    access_key_id: str = Field(default="", repr=False, description="A key's id, where boto3 finds no credentials.")
    secret_access_key: str = Field(default="", repr=False, description="That key, from an environment variable.")
    session_token: str = Field(default="", repr=False, description="The token of a temporary key.")
    local_stack: str = Field(default="", description="The local stack's home folder; empty where none is used.")
