"""The site: from a request to a response, in the scope of its reader."""
