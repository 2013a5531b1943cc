/** Imported first: the pages' security policy forbids making code from text, which zod would try as soon as a schema is made. */
import { z } from 'zod';

z.config({ jitless: true });
