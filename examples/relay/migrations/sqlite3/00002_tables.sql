-- +goose Up
-- The tables of v0.2.0. Times are Unix milliseconds.
CREATE TABLE opt_outs ( -- a pair of numbers, not a number
	relay       TEXT NOT NULL,
	participant TEXT NOT NULL,
	message_sid TEXT NOT NULL,
	since       BIGINT NOT NULL,
	PRIMARY KEY (relay, participant)
);
CREATE TABLE messages (
	id        INTEGER PRIMARY KEY,
	sid       TEXT NOT NULL UNIQUE,
	via       TEXT NOT NULL,
	relay     TEXT NOT NULL,
	sender    TEXT NOT NULL,
	recipient TEXT NOT NULL,
	body      TEXT NOT NULL,
	media     TEXT NOT NULL, -- addresses, one per line
	received  BIGINT NOT NULL,
	action    TEXT NOT NULL,
	code      INTEGER NOT NULL,
	class     TEXT NOT NULL,
	keyword   TEXT NOT NULL,
	outcome   TEXT NOT NULL,
	sent_sid  TEXT NOT NULL DEFAULT '', -- of the message that Twilio sent on
	lane      TEXT -- relay number and recipient, until the message is sent or given up
);
CREATE INDEX messages_lane ON messages (lane, id) WHERE lane IS NOT NULL;
