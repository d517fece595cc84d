import '@imperal/ui-kit/page-policy'
import '@imperal/ui-kit/styles.css'
import './styles/index.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Direction } from 'radix-ui'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './data/query-client.ts'
import { warmShell } from './data/warm-shell.ts'
import { DIRECTION } from './i18n/index.ts'
import { router } from './router.tsx'

warmShell()
const host = document.getElementById('root')
if (!host) throw new Error('The page has no element with the id root.')
createRoot(host).render(
  <StrictMode>
    <Direction.Provider dir={DIRECTION}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Direction.Provider>
  </StrictMode>,
)
