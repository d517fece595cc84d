drop schema llm cascade;
