export { openBlobs, type Blobs, type BlobUse } from './blobs.js';
