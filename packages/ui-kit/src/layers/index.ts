export { Dialog, SlideOver } from './dialogs.tsx'
export { HintLayer } from './hint-layer.tsx'
export { MenuLayer } from './menu-layer.tsx'
export { PopoverLayer } from './popover-layer.tsx'
