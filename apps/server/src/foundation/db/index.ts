export { type Database, EVERY_TENANT, openDatabase, type Statement, type Tx } from './database.ts'
export { findMigrations, migrate, migrationErrors } from './migrate.ts'
export type { Tables } from './tables.ts'
export type { Writer } from './writer.ts'
