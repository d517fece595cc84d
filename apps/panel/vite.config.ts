import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const API = process.env.IMPERAL_API ?? 'http://127.0.0.1:4780'

export default defineConfig({
  plugins: [react()],
  // The manifest tells which files the first load needs; test/budget.test.ts weighs them.
  build: { target: 'es2022', sourcemap: false, chunkSizeWarningLimit: 900, manifest: true },
  server: { port: 4790, proxy: { '/v1': API, '/openapi': API, '/healthz': API, '/readyz': API, '/packages': API } },
})
