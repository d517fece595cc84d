import { readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type BackupWriter, createBackupFile, dumpDatabase } from '../foundation/backup/index.ts'
import type { Settings } from '../foundation/config/index.ts'
import { VERSION } from '../foundation/start/index.ts'
import { KERNEL_INSTEAD, KERNEL_LEFT_OUT } from '../modules/kernel/index.ts'
import { OUTBOX_INSTEAD } from '../modules/outbox/index.ts'
import { CONTENTS, readContents } from '../modules/storage/index.ts'
import { openOperatorDatabase } from './operator-database.ts'

const PIECE = 4 * 1024 * 1024

async function addFiles(writer: BackupWriter, folder: string, blobs: readonly string[]): Promise<number> {
  let missing = 0
  for (const blob of blobs) {
    let n = 0
    const found = await readContents(folder, blob, PIECE, (piece) => writer.add('file', blob, n++, piece))
    if (!found) missing++
  }
  return missing
}

function addKeys(writer: BackupWriter, folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isFile()) writer.add('key', entry.name, 0, readFileSync(path.join(folder, entry.name)))
}

/**
 * Writes the whole installation into one file, while it runs or not: the database as it is at one moment, and the contents of
 * the files that it knows then. Keys only when they are asked for. Says in sentences what is in it.
 */
export async function backUp(
  settings: Settings,
  { target, withKeys }: { readonly target: string; readonly withKeys: boolean },
): Promise<string[]> {
  const file = path.resolve(target)
  const isInBucket = settings.IMPERAL_S3_BUCKET_URL !== undefined
  const database = await openOperatorDatabase(settings)
  try {
    const writer = createBackupFile(file)
    try {
      const rules = { instead: { ...OUTBOX_INSTEAD, ...KERNEL_INSTEAD }, leaveOut: KERNEL_LEFT_OUT, contents: CONTENTS }
      const { contents, ...dumped } = await dumpDatabase(database.owner, writer, rules)
      const missing = isInBucket ? 0 : await addFiles(writer, settings.filesDir, contents)
      if (withKeys) addKeys(writer, settings.keysDir)
      writer.finish({
        format: 1,
        platformVersion: VERSION,
        createdAt: new Date().toISOString(),
        ...dumped,
        files: isInBucket ? 'bucket' : 'here',
        withKeys,
      })
      const rows = dumped.tables.reduce((sum, table) => sum + table.rows, 0)
      return [
        `${file}: ${rows} rows of ${dumped.tables.length} tables${isInBucket ? '' : `, ${contents.length - missing} files`}.`,
        ...(missing > 0 ? [`${missing} files were deleted meanwhile or are missing.`] : []),
        ...(isInBucket ? ['The files of apps lie in the bucket: back it up as well.'] : []),
        withKeys
          ? 'It holds the keys of all secrets: whoever has this file can read them.'
          : `Secrets in it are locked. Keep a copy of ${settings.keysDir} in another place; without it they cannot be read.`,
      ]
    } catch (error) {
      writer.close()
      rmSync(file, { force: true })
      throw error
    } finally {
      writer.close()
    }
  } finally {
    await database.close()
  }
}
