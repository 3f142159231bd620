/**
 * Changes nothing: texts of rows may be encrypted from here on (sealed/), in the columns that they were in. Its name lets
 * Rowbots that do not understand them know that they must not use such a database: see `noteOldestVersion`.
 */
export async function up(): Promise<void> {}
