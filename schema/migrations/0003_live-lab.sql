CREATE TABLE "answer_group" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"lab_id" uuid NOT NULL,
	"question_key" text NOT NULL,
	"name" text,
	"hint" text,
	"known_mistake_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "answer_group_member" (
	"lab_id" uuid NOT NULL,
	"question_key" text NOT NULL,
	"answer_hash" text NOT NULL,
	"group_id" uuid NOT NULL,
	CONSTRAINT "answer_group_member_lab_id_question_key_answer_hash_pk" PRIMARY KEY("lab_id","question_key","answer_hash")
);
--> statement-breakpoint
CREATE TABLE "known_mistake" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"course_id" uuid NOT NULL,
	"question_key" text NOT NULL,
	"name" text NOT NULL,
	"hint" text,
	"answer_keys" text[] NOT NULL,
	"lab_id" uuid,
	"lab_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notebook_run" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"lab_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"filename" text NOT NULL,
	"sha256" text NOT NULL,
	"job_id" uuid,
	"state" text DEFAULT 'waiting' NOT NULL,
	"message" text,
	"sent" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"started_by" text,
	"rev" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "record_removal" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"lab_id" uuid NOT NULL,
	"how" text NOT NULL,
	"removed_by" text NOT NULL,
	"records" integer NOT NULL,
	"erases_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "staff_note" (
	"participant_id" uuid PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"written_by" text,
	"written_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "event" ADD COLUMN "verdict" text;--> statement-breakpoint
ALTER TABLE "event" ADD COLUMN "hidden_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "event" ADD COLUMN "removal_id" uuid;--> statement-breakpoint
ALTER TABLE "lab" ADD COLUMN "expected_rev" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "participant" ADD COLUMN "opened_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
UPDATE "participant" SET "opened_at" = "created_at";--> statement-breakpoint
ALTER TABLE "question" ADD COLUMN "template_hash" text;--> statement-breakpoint
ALTER TABLE "question" ADD COLUMN "judged_rev" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "question" ADD COLUMN "groups_rev" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "answer_group" ADD CONSTRAINT "answer_group_lab_id_lab_id_fk" FOREIGN KEY ("lab_id") REFERENCES "public"."lab"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "answer_group" ADD CONSTRAINT "answer_group_known_mistake_id_known_mistake_id_fk" FOREIGN KEY ("known_mistake_id") REFERENCES "public"."known_mistake"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "answer_group_member" ADD CONSTRAINT "answer_group_member_lab_id_lab_id_fk" FOREIGN KEY ("lab_id") REFERENCES "public"."lab"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "answer_group_member" ADD CONSTRAINT "answer_group_member_group_id_answer_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."answer_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "known_mistake" ADD CONSTRAINT "known_mistake_course_id_course_id_fk" FOREIGN KEY ("course_id") REFERENCES "public"."course"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "known_mistake" ADD CONSTRAINT "known_mistake_lab_id_lab_id_fk" FOREIGN KEY ("lab_id") REFERENCES "public"."lab"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notebook_run" ADD CONSTRAINT "notebook_run_lab_id_lab_id_fk" FOREIGN KEY ("lab_id") REFERENCES "public"."lab"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notebook_run" ADD CONSTRAINT "notebook_run_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "record_removal" ADD CONSTRAINT "record_removal_lab_id_lab_id_fk" FOREIGN KEY ("lab_id") REFERENCES "public"."lab"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_note" ADD CONSTRAINT "staff_note_participant_id_participant_id_fk" FOREIGN KEY ("participant_id") REFERENCES "public"."participant"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "answer_group_question" ON "answer_group" USING btree ("lab_id","question_key");--> statement-breakpoint
CREATE INDEX "answer_group_member_group" ON "answer_group_member" USING btree ("group_id");--> statement-breakpoint
CREATE INDEX "known_mistake_question" ON "known_mistake" USING btree ("course_id","question_key");--> statement-breakpoint
CREATE INDEX "notebook_run_log" ON "notebook_run" USING btree ("lab_id","rev");--> statement-breakpoint
CREATE INDEX "record_removal_due" ON "record_removal" USING btree ("erases_at") WHERE "record_removal"."ended_at" is null and "record_removal"."erases_at" is not null;--> statement-breakpoint
CREATE INDEX "event_newest" ON "event" USING btree ("lab_id","received_at","id");--> statement-breakpoint
CREATE INDEX "event_removal" ON "event" USING btree ("removal_id") WHERE "event"."removal_id" is not null;