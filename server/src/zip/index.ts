export { blobChunks, zipDownload, type Chunks, type ZipDownload } from './zip-download.js';
export { attachment, fileTime, pictureEnding, safeName, uniqueNames } from './file-names.js';
