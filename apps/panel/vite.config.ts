import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { slimRoutesPlugin } from './build/slim-routes.ts'

const API = process.env.IMPERAL_API ?? 'http://127.0.0.1:4780'

const packages = (...names: readonly string[]) => new RegExp(`node_modules/(?:${names.join('|')})/`)

/**
 * What the first visit needs, as five files instead of seventy: they compress together, which saves 27 kB. `base` changes
 * rarely and stays in the browser's cache; each other group is a file with everything below it that no group before took.
 * Icons are imported one by one (`ui-kit/src/icons`): a group would take all of the set's through its index.
 */
const groups = [
  {
    name: 'base',
    priority: 5,
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
  { name: 'start', priority: 4, test: /apps\/panel\/src\/main\.tsx$/ },
  { name: 'kit', priority: 3, test: /ui-kit\/src\/parts\/(?:button|fields|states|dialog|display)\.tsx$/ },
  { name: 'frame', priority: 2, test: /apps\/panel\/src\/components\/shell\.tsx$/ },
  { name: 'tree', priority: 1, test: /ui-kit\/src\/tree\/ui-tree\.tsx$/ },
]

export default defineConfig({
  plugins: [react(), slimRoutesPlugin()],
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
