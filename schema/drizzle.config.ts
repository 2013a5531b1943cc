import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'postgresql', schema: './dist/src/db/index.js', out: './migrations' });
