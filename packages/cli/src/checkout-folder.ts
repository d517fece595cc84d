import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CliFailure } from './failure.ts'

const FOLDER = fileURLToPath(new URL('../../..', import.meta.url))

/** The checkout of the platform that this command line belongs to. @throws CliFailure for one that was installed alone */
export function checkoutFolder(): string {
  if (existsSync(join(FOLDER, 'apps/server/src/main.ts'))) return FOLDER
  throw new CliFailure('This command line was installed without the platform, so it cannot run it.', {
    hint: 'In a checkout of the platform say `node packages/cli/bin/imperal.mjs server`, or `npm start`.',
  })
}
