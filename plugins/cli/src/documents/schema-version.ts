/** Version of all documents that `--json` prints; it grows when a field changes its meaning or goes away. */
export const documentSchemaVersion = 1;
