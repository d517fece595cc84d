/** The mark of the product: four squares, one of them the pen's colour. Only the host draws it. */
export function ProductMark({ size = 20 }: { readonly size?: number }) {
  return (
    <svg aria-hidden="true" className="product-mark" width={size} height={size} viewBox="0 0 20 20" fill="currentColor">
      <rect x="2" y="2" width="7" height="7" rx="1.2" />
      <rect x="11" y="2" width="7" height="7" rx="1.2" />
      <rect x="2" y="11" width="7" height="7" rx="1.2" />
      <circle cx="14.5" cy="14.5" r="3.5" fill="var(--primary)" />
    </svg>
  )
}
