import { brand } from '../data/agency.ts'
import { useStore } from '../data/store.ts'
import { isDark, theme } from '../data/theme.ts'
import { ProductMark } from './product-mark.tsx'
import { useMedia } from './use-media.ts'

/** Mark and name of whose shell this is: the product's, or the agency's. */
export function BrandMark({ size = 20 }: { readonly size?: number }) {
  const own = useStore(brand)
  const choice = useStore(theme)
  useMedia('(prefers-color-scheme: dark)')
  const logo = own && (isDark(choice) ? own.logoDark : own.logo)
  return (
    <>
      {logo ? (
        <img className="brand-logo" src={logo} alt="" referrerPolicy="no-referrer" />
      ) : (
        <ProductMark size={size} />
      )}
      <span>{own?.name ?? 'Imperal'}</span>
    </>
  )
}
