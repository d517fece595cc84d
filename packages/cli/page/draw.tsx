import { createRoot } from 'react-dom/client'
import { TryPage } from './try-page.tsx'

const host = document.getElementById('root')
if (!host) throw new Error('The page has no element with the id root.')
createRoot(host).render(<TryPage />)
