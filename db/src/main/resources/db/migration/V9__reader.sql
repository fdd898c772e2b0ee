-- Questions are of one organisation: who there is besides, and what is written for all, is none of them.
REVOKE SELECT ON organisations, commits FROM wolverine_reader;
