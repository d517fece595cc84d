import { fileURLToPath } from 'node:url'

/** Beside `src` in a checkout and beside `dist` in the package; this file stays at the top of `src` for that. */
export const TEMPLATES_FOLDER = fileURLToPath(new URL('../templates', import.meta.url))
