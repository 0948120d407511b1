"""How S3 and Glue are reached, which is the same for both resources."""

from pydantic import Field

from tiktok_insights.resources.client_resource import ClientResource


class AwsResource(ClientResource):
    """A client of AWS. An empty field is filled in by the local stack or, without one, by boto3."""

    region: str = Field(default="", description="The region, such as eu-central-1. If empty, boto3 finds it.")
    endpoint_url: str = Field(default="", description="The URL of the service. If empty, the region's default.")
    access_key_id: str = Field(
        default="", repr=False, description="An access key ID. If empty, boto3 finds credentials."
    )
    secret_access_key: str = Field(
        default="", repr=False, description="The secret access key, from an environment variable."
    )
    session_token: str = Field(
        default="", repr=False, description="The session token of a temporary key, from an environment variable."
    )
    local_stack: str = Field(default="", description="The home folder of the local stack. If empty, none is used.")
