import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { runQuietly } from './stage.ts'

/** The panel exists as soon as it has a page. */
export const hasPanel = (checkout: string): boolean => existsSync(path.join(checkout, 'apps/panel/index.html'))

const WORTH_COMPRESSING = /\.(?:js|css|svg|html)$/
/** Less than this fits into the first packet as it is. */
const LEAST_BYTES = 1_000
/** Above this the best compression takes seconds a file; such files are grammars and editors that few ever ask for. */
const SMALL_BYTES = 700_000
const brotli = promisify(brotliCompress)
const zipped = promisify(gzip)

/** Puts the compressed form of each file beside it, so that serving it costs nothing. */
async function compressFiles(folder: string): Promise<void> {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!WORTH_COMPRESSING.test(file)) continue
    const text = await readFile(path.join(folder, file))
    if (text.length < LEAST_BYTES) continue
    const quality = text.length < SMALL_BYTES ? 11 : 9
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
    const [small, usual] = await Promise.all([brotli(text, { params }), zipped(text, { level: 9 })])
    await writeFile(path.join(folder, `${file}.br`), small)
    await writeFile(path.join(folder, `${file}.gz`), usual)
  }
}

/** Builds the static files of the panel into `apps/panel/dist`. */
export async function buildPanel(checkout: string): Promise<void> {
  const vite = path.join(checkout, 'node_modules/vite/bin/vite.js')
  await runQuietly(process.execPath, [vite, 'build', '--logLevel', 'warn'], path.join(checkout, 'apps/panel'))
  await compressFiles(path.join(checkout, 'apps/panel/dist/assets'))
}
