import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { backupErrors } from './errors.ts'

/** What a backup says about itself. */
export interface BackupFacts {
  /** Of the file's own form. */
  readonly format: 1
  readonly platformVersion: string
  readonly createdAt: string
  /** Migrations of the database, in the order in which they ran, with their checksums. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[]
  readonly tables: readonly TableFacts[]
  readonly sequences: readonly { readonly name: string; readonly value: string; readonly isCalled: boolean }[]
  /** Where the contents of files are: in here, or in the installation's bucket. */
  readonly files: 'here' | 'bucket'
  readonly withKeys: boolean
}

export interface TableFacts {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: number
}

const SCHEMA = `
create table fact (name text primary key, value text not null) strict;
create table piece (kind text not null, name text not null, n integer not null, sha256 text not null, content blob not null, primary key (kind, name, n)) strict;`

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

export type PieceKind = 'table' | 'file' | 'key'

/** A backup being written: one SQLite file of compressed pieces, each with its checksum. It is no backup before `finish`. */
export interface BackupWriter {
  add(kind: PieceKind, name: string, n: number, content: Uint8Array): void
  finish(facts: BackupFacts): void
  close(): void
}

/** @throws BACKUP_EXISTS */
export function createBackupFile(path: string): BackupWriter {
  if (existsSync(path)) throw backupErrors.EXISTS({ path })
  closeSync(openSync(path, 'wx', 0o600)) // SQLite takes an empty file for a new one, and would make it readable for others
  const file = new DatabaseSync(path)
  file.exec('pragma journal_mode = off; pragma synchronous = full')
  file.exec(SCHEMA)
  file.exec('begin')
  const insert = file.prepare('insert into piece (kind, name, n, sha256, content) values (?, ?, ?, ?, ?)')
  return {
    add(kind, name, n, content) {
      insert.run(kind, name, n, sha256(content), zstdCompressSync(content))
    },
    finish(facts) {
      file.prepare("insert into fact (name, value) values ('facts', ?)").run(JSON.stringify(facts))
      file.exec('commit')
    },
    close: () => file.close(),
  }
}

/** Null when it is not what was compressed. */
function openPiece(content: Uint8Array): Buffer | null {
  try {
    return zstdDecompressSync(content)
  } catch {
    return null // the caller says which part it is
  }
}

export interface BackupReader {
  readonly facts: BackupFacts
  names(kind: PieceKind): string[]
  /** Reads everything once. @throws BACKUP_DAMAGED */
  verify(): void
  /** The content in its order. @throws BACKUP_DAMAGED */
  pieces(kind: PieceKind, name: string): Generator<Buffer>
  close(): void
}

/** @throws BACKUP_UNREADABLE, BACKUP_DAMAGED */
export function openBackupFile(path: string): BackupReader {
  if (!existsSync(path)) throw backupErrors.UNREADABLE({ path, why: 'there is no such file' })
  let file: DatabaseSync
  let facts: BackupFacts
  try {
    file = new DatabaseSync(path, { readOnly: true })
    const row = file.prepare("select value from fact where name = 'facts'").get()
    if (row === undefined) throw new Error('it was not written to its end')
    facts = JSON.parse(String(row.value)) as BackupFacts // written by `finish`
  } catch (error) {
    throw backupErrors.UNREADABLE({ path, why: error instanceof Error ? error.message : String(error) }, error)
  }
  if (facts.format !== 1) throw backupErrors.UNREADABLE({ path, why: 'a newer version of the platform made it' })
  const names: BackupReader['names'] = (kind) =>
    file
      .prepare('select distinct name from piece where kind = ? order by name')
      .all(kind)
      .map((row) => String(row.name))
  const pieces: BackupReader['pieces'] = function* (kind, name) {
    const select = file.prepare('select n, sha256, content from piece where kind = ? and name = ? order by n')
    let expected = 0
    for (const row of select.iterate(kind, name)) {
      const content = openPiece(row.content as Uint8Array)
      if (content === null || row.n !== expected++ || sha256(content) !== row.sha256)
        throw backupErrors.DAMAGED({ path, part: name })
      yield content
    }
  }
  return {
    facts,
    names,
    pieces,
    verify() {
      for (const kind of ['table', 'file', 'key'] as const)
        for (const name of names(kind)) for (const _piece of pieces(kind, name));
      for (const { name, rows } of facts.tables)
        if (rows > 0 && pieces('table', name).next().done === true) throw backupErrors.DAMAGED({ path, part: name })
    },
    close: () => file.close(),
  }
}
