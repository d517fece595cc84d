import { PageFrame } from '../components/page-frame.tsx'

/** Every app that can be installed. */
export function MarketplacePage() {
  return <PageFrame title="Marketplace" />
}
