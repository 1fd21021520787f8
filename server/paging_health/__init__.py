"""Whether paging itself works: auditor, engine health, the administrators' fallback."""
