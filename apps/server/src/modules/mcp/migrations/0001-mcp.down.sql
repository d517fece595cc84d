drop schema mcp cascade;
