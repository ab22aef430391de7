-- +goose Up
-- Attempts to send the message of which nobody knows whether Twilio took it.
ALTER TABLE messages ADD COLUMN unknown INTEGER NOT NULL DEFAULT 0;
