ALTER TABLE "participant" ADD COLUMN "erased_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tracker_sender" ADD COLUMN "last_seq" integer DEFAULT 0 NOT NULL;