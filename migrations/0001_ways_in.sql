ALTER TABLE `inbox` ADD `attachments` text;--> statement-breakpoint
ALTER TABLE `inbox` ADD `work` text;--> statement-breakpoint
ALTER TABLE `outbox` ADD `part` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `reset_after` integer DEFAULT 0 NOT NULL;