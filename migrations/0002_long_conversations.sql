ALTER TABLE `sessions` ADD `indexed_to` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `summary` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `summary_next` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `pinned` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE VIRTUAL TABLE `history_search` USING fts5(session, asked, said, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0');--> statement-breakpoint
CREATE TRIGGER `history_search_forget` AFTER DELETE ON `history` BEGIN
	DELETE FROM `history_search` WHERE rowid = old.`n`;
END;
