CREATE TABLE `history` (
	`n` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`session` text NOT NULL,
	`turn` text NOT NULL,
	`role` text NOT NULL,
	`content` text NOT NULL,
	`tool_calls` text,
	`call_id` text,
	`name` text,
	`at` integer NOT NULL,
	FOREIGN KEY (`session`) REFERENCES `sessions`(`session`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `history_session` ON `history` (`session`,`n`);--> statement-breakpoint
CREATE TABLE `inbox` (
	`n` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`turn` text NOT NULL,
	`session` text NOT NULL,
	`protocol` text NOT NULL,
	`channel` text NOT NULL,
	`conversation` text NOT NULL,
	`sender` text NOT NULL,
	`principal` text NOT NULL,
	`text` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`accepted_at` integer NOT NULL,
	`reply` text,
	FOREIGN KEY (`session`) REFERENCES `sessions`(`session`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `inbox_turn_unique` ON `inbox` (`turn`);--> statement-breakpoint
CREATE INDEX `inbox_session` ON `inbox` (`session`);--> statement-breakpoint
CREATE INDEX `inbox_unfinished` ON `inbox` (`n`) WHERE state <> 'done';--> statement-breakpoint
CREATE TABLE `journal` (
	`turn` text NOT NULL,
	`seq` integer NOT NULL,
	`type` text NOT NULL,
	`at` integer NOT NULL,
	`facts` text NOT NULL,
	PRIMARY KEY(`turn`, `seq`),
	FOREIGN KEY (`turn`) REFERENCES `inbox`(`turn`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `kv` (
	`fn` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`fn`, `key`)
);
--> statement-breakpoint
CREATE TABLE `message_keys` (
	`protocol` text NOT NULL,
	`key` text NOT NULL,
	`turn` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`protocol`, `key`),
	FOREIGN KEY (`turn`) REFERENCES `inbox`(`turn`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `message_keys_turn` ON `message_keys` (`turn`);--> statement-breakpoint
CREATE INDEX `message_keys_at` ON `message_keys` (`at`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`n` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`turn` text NOT NULL,
	`session` text NOT NULL,
	`protocol` text NOT NULL,
	`channel` text NOT NULL,
	`conversation` text NOT NULL,
	`text` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL,
	`error` text,
	`at` integer NOT NULL,
	FOREIGN KEY (`turn`) REFERENCES `inbox`(`turn`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_id_unique` ON `outbox` (`id`);--> statement-breakpoint
CREATE INDEX `outbox_turn` ON `outbox` (`turn`);--> statement-breakpoint
CREATE INDEX `outbox_open` ON `outbox` (`session`,`n`) WHERE state in ('pending', 'sending');--> statement-breakpoint
CREATE INDEX `outbox_letters` ON `outbox` (`n`) WHERE state in ('dead', 'unknown');--> statement-breakpoint
CREATE TABLE `sessions` (
	`session` text PRIMARY KEY NOT NULL,
	`turns` integer NOT NULL,
	`created_at` integer NOT NULL,
	`last_at` integer NOT NULL
);
