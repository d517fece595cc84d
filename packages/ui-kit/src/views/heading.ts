/** The heading element for a level, moved down by the host so that a page has one `h1`. */
export function heading(level: number, offset: number): 'h1' | 'h2' | 'h3' | 'h4' | 'h5' | 'h6' {
  const shifted = Math.min(6, Math.max(1, level + offset))
  return `h${shifted}` as 'h1' // between 1 and 6 by the line above
}
