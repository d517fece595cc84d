import { flag, link, text, texts, things, whole } from '../fields.ts'

// Goods and how many there are.

export const Branded = {
  brand: text('catalog.brand'),
  manufacturer: text('catalog.manufacturer'),
  model: text('catalog.model'),
  product_line: text('catalog.product_line'),
  logo_url: link('catalog.logo_url'),
}
export const Inventory = {
  sku: text('catalog.sku'),
  in_stock: whole('catalog.in_stock'),
  reserved: whole('catalog.reserved'),
  warehouse: text('catalog.warehouse'),
  reorder_at: whole('catalog.reorder_at'),
  availability: text('catalog.availability'),
}
export const Bundle = {
  bundle_items: things('catalog.bundle_items'),
  bundle_count: whole('catalog.bundle_count'),
  is_bundle: flag('catalog.is_bundle'),
}
export const ColorMaterial = {
  color: text('catalog.color'),
  material: text('catalog.material'),
  pattern: text('catalog.pattern'),
  finish: text('catalog.finish'),
  size: text('catalog.size'),
}
export const ProductCompliance = {
  gtin: text('catalog.gtin'),
  certifications: texts('catalog.certifications'),
  country_of_origin: text('catalog.country_of_origin'),
  warranty_months: whole('catalog.warranty_months'),
  hazards: texts('catalog.hazards'),
}
