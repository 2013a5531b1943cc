CREATE TABLE "trial" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"earlier" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"lab_id" uuid NOT NULL,
	"assignment_id" uuid NOT NULL,
	"participant_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"job_id" uuid,
	"sha256" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"result" jsonb,
	"progress_done" integer,
	"progress_total" integer,
	CONSTRAINT "trial_newest" UNIQUE("participant_id","assignment_id")
);
--> statement-breakpoint
ALTER TABLE "assignment_version" ADD COLUMN "trial" jsonb;--> statement-breakpoint
ALTER TABLE "trial" ADD CONSTRAINT "trial_lab_id_lab_id_fk" FOREIGN KEY ("lab_id") REFERENCES "public"."lab"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial" ADD CONSTRAINT "trial_assignment_id_assignment_id_fk" FOREIGN KEY ("assignment_id") REFERENCES "public"."assignment"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial" ADD CONSTRAINT "trial_participant_id_participant_id_fk" FOREIGN KEY ("participant_id") REFERENCES "public"."participant"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial" ADD CONSTRAINT "trial_version_id_assignment_version_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."assignment_version"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial" ADD CONSTRAINT "trial_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "trial_lab" ON "trial" USING btree ("lab_id");