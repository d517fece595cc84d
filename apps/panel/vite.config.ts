import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const API = process.env.IMPERAL_API ?? 'http://127.0.0.1:4780'

const packages = (...names: readonly string[]) => new RegExp(`node_modules/(?:${names.join('|')})/`)

/**
 * What every page needs, and what the frame of the shell needs, as two files instead of fifty: they compress together,
 * which saves 17 kB, and stay in the browser's cache when only the panel's own code changes.
 */
const groups = [
  {
    name: 'base',
    priority: 2,
    test: packages(
      'react',
      'react-dom',
      'scheduler',
      'zod',
      '@lingui',
      '@tanstack/(?:react-|router-|query-)?(?:router|query|core|history|store)',
      'use-sync-external-store',
    ),
  },
  {
    name: 'layers',
    priority: 1,
    test: packages(
      '@floating-ui/[a-z-]+',
      '@radix-ui/(?:react-(?:menu|popper|dropdown-menu|popover|tooltip|dialog|alert-dialog|dismissable-layer|focus-[a-z]+|portal|presence|roving-focus|collection|slot|primitive|compose-refs|context|id|use-[a-z-]+|direction|arrow|visually-hidden)|primitive)',
      'react-remove-scroll(?:-bar)?',
      'aria-hidden',
      'use-sidecar',
      'use-callback-ref',
      'react-style-singleton',
      'tslib',
      'get-nonce',
    ),
  },
]

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 900,
    // The manifest tells which files the first load needs; test/budget.test.ts weighs them.
    manifest: true,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: { port: 4790, proxy: { '/v1': API, '/openapi': API, '/healthz': API, '/readyz': API, '/packages': API } },
})
