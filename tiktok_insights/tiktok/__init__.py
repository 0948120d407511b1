"""The source: how TikTok's follower lists are asked for, read and understood. Nothing here stores anything."""
