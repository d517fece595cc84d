import { existsSync } from 'node:fs'
import path from 'node:path'
import { runQuietly } from './stage.ts'

/** The panel exists as soon as it has a page. */
export const hasPanel = (checkout: string): boolean => existsSync(path.join(checkout, 'apps/panel/index.html'))

/** Builds the static files of the panel into `apps/panel/dist`. */
export async function buildPanel(checkout: string): Promise<void> {
  const vite = path.join(checkout, 'node_modules/vite/bin/vite.js')
  await runQuietly(process.execPath, [vite, 'build', '--logLevel', 'warn'], path.join(checkout, 'apps/panel'))
}
