"""The dashboards: server-rendered pages over what release has put into ``aggregated``, each in its reader's scope."""
