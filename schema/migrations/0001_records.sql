CREATE TABLE "page_link" (
	"code_hash" text PRIMARY KEY NOT NULL,
	"participant_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tracker_sender" (
	"lab_id" uuid NOT NULL,
	"sender_uuid" text NOT NULL,
	"sender_name" text NOT NULL,
	"participant_id" uuid NOT NULL,
	"stream_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tracker_sender_lab_id_sender_uuid_sender_name_pk" PRIMARY KEY("lab_id","sender_uuid","sender_name")
);
--> statement-breakpoint
ALTER TABLE "lab" ADD COLUMN "retention_months" integer DEFAULT 12 NOT NULL;--> statement-breakpoint
ALTER TABLE "lab" ADD COLUMN "erase_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "lab" ADD COLUMN "erased_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "participant" ADD COLUMN "sending_off_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "page_link" ADD CONSTRAINT "page_link_participant_id_participant_id_fk" FOREIGN KEY ("participant_id") REFERENCES "public"."participant"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tracker_sender" ADD CONSTRAINT "tracker_sender_lab_id_lab_id_fk" FOREIGN KEY ("lab_id") REFERENCES "public"."lab"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tracker_sender" ADD CONSTRAINT "tracker_sender_participant_id_participant_id_fk" FOREIGN KEY ("participant_id") REFERENCES "public"."participant"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tracker_sender" ADD CONSTRAINT "tracker_sender_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "page_link_participant" ON "page_link" USING btree ("participant_id");