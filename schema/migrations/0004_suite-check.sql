ALTER TABLE "assignment_version" ADD COLUMN "check_state" text;--> statement-breakpoint
ALTER TABLE "assignment_version" ADD COLUMN "check" jsonb;--> statement-breakpoint
ALTER TABLE "assignment_version" ADD COLUMN "checked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "assignment_version" ADD COLUMN "check_problem" text;--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "waits_for_check" boolean DEFAULT false NOT NULL;