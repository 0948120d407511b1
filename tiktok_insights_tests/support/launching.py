"""What the Launchpad's button sends to the webserver. Waiting for the run belongs in the tests."""

#: It launches a job with its default config.
LAUNCH = """
mutation($job: String!) {
  launchRun(executionParams: {runConfigData: "{}", selector: {
    jobName: $job, repositoryName: "__repository__", repositoryLocationName: "tiktok_insights.definitions"}}) {
    ... on LaunchRunSuccess { run { runId } }
  }
}
"""
