import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'

/** Names of the contents that files have. */
export const CONTENTS = 'select blob as name from storage.file order by blob'

/** Hands a content on in pieces of at most so many bytes; an empty one as one empty piece. False: it is gone. */
export async function readContents(
  folder: string,
  blob: string,
  most: number,
  take: (piece: Buffer) => void,
): Promise<boolean> {
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(path.join(folder, blob), 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  try {
    for (let n = 0; ; n++) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(most), 0, most)
      if (bytesRead > 0 || n === 0) take(buffer.subarray(0, bytesRead))
      if (bytesRead < most) return true
    }
  } finally {
    await handle.close()
  }
}

/** Writes a content under its name and waits for the disk. */
export async function writeContents(folder: string, blob: string, pieces: Iterable<Buffer>): Promise<void> {
  const place = path.join(folder, blob)
  await mkdir(path.dirname(place), { recursive: true, mode: 0o700 })
  const handle = await open(place, 'w', 0o600)
  try {
    for (const piece of pieces) await handle.writeFile(piece)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
