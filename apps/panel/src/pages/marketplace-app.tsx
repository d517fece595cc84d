import { PageFrame } from '../components/page-frame.tsx'

/** One app of the marketplace. */
export function MarketplaceAppPage() {
  return <PageFrame title="App" />
}
