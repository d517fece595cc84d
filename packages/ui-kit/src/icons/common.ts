import AlarmClock from 'lucide-react/icons/alarm-clock'
import Archive from 'lucide-react/icons/archive'
import ArchiveRestore from 'lucide-react/icons/archive-arrow-up'
import AtSign from 'lucide-react/icons/at-sign'
import BellOff from 'lucide-react/icons/bell-off'
import Book from 'lucide-react/icons/book'
import Bot from 'lucide-react/icons/bot'
import Box from 'lucide-react/icons/box'
import Boxes from 'lucide-react/icons/boxes'
import Briefcase from 'lucide-react/icons/briefcase'
import Bug from 'lucide-react/icons/bug'
import Building2 from 'lucide-react/icons/building-complex'
import CalendarCheck from 'lucide-react/icons/calendar-check'
import CalendarClock from 'lucide-react/icons/calendar-clock'
import ChartBar from 'lucide-react/icons/chart-bar'
import ChartLine from 'lucide-react/icons/chart-line'
import ChartPie from 'lucide-react/icons/chart-pie'
import ChevronUp from 'lucide-react/icons/chevron-up'
import CircleDot from 'lucide-react/icons/circle-dot'
import CircleX from 'lucide-react/icons/circle-x'
import Clipboard from 'lucide-react/icons/clipboard'
import ClipboardList from 'lucide-react/icons/clipboard-list'
import Cloud from 'lucide-react/icons/cloud'
import Columns2 from 'lucide-react/icons/columns-2'
import Command from 'lucide-react/icons/command'
import Cpu from 'lucide-react/icons/cpu'
import FolderPlus from 'lucide-react/icons/folder-plus'
import Filter from 'lucide-react/icons/funnel'
import Funnel from 'lucide-react/icons/funnel'
import Gauge from 'lucide-react/icons/gauge'
import GitBranch from 'lucide-react/icons/git-branch'
import GripVertical from 'lucide-react/icons/grip-vertical'
import Handshake from 'lucide-react/icons/handshake'
import HardDrive from 'lucide-react/icons/hard-drive'
import Hash from 'lucide-react/icons/hash'
import Heart from 'lucide-react/icons/heart'
import House from 'lucide-react/icons/house'
import Keyboard from 'lucide-react/icons/keyboard'
import Link2 from 'lucide-react/icons/link-2'
import ListChecks from 'lucide-react/icons/list-checks'
import Loader from 'lucide-react/icons/loader'
import Lock from 'lucide-react/icons/lock'
import LogIn from 'lucide-react/icons/log-in'
import MapPin from 'lucide-react/icons/map-pin'
import MessageSquare from 'lucide-react/icons/message-square'
import Mic from 'lucide-react/icons/mic'
import Move from 'lucide-react/icons/move'
import Network from 'lucide-react/icons/network'
import Newspaper from 'lucide-react/icons/newspaper'
import Notebook from 'lucide-react/icons/notebook'
import PackageOpen from 'lucide-react/icons/package-open'
import Phone from 'lucide-react/icons/phone'
import Power from 'lucide-react/icons/power'
import Puzzle from 'lucide-react/icons/puzzle'
import Redo2 from 'lucide-react/icons/redo-2'
import Scale from 'lucide-react/icons/scale'
import Scroll from 'lucide-react/icons/scroll'
import Server from 'lucide-react/icons/server'
import Share2 from 'lucide-react/icons/share-2'
import ShoppingCart from 'lucide-react/icons/shopping-cart'
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal'
import SquareCheck from 'lucide-react/icons/square-check'
import StickyNote from 'lucide-react/icons/sticky-note'
import SunMoon from 'lucide-react/icons/sun-moon'
import Target from 'lucide-react/icons/target'
import Timer from 'lucide-react/icons/timer'
import Trash from 'lucide-react/icons/trash'
import TrendingDown from 'lucide-react/icons/trending-down'
import TrendingUp from 'lucide-react/icons/trending-up'
import Truck from 'lucide-react/icons/truck'
import Unlink from 'lucide-react/icons/unlink'
import UserPlus from 'lucide-react/icons/user-plus'
import Users from 'lucide-react/icons/users'
import Wifi from 'lucide-react/icons/wifi'
import WifiOff from 'lucide-react/icons/wifi-off'
import Wrench from 'lucide-react/icons/wrench'

/** Icons that other apps use all the time: the second chunk, so that few apps need the whole set. */
export const COMMON = {
  AlarmClock,
  Archive,
  ArchiveRestore,
  AtSign,
  BellOff,
  Book,
  Bot,
  Box,
  Boxes,
  Briefcase,
  Bug,
  Building2,
  CalendarCheck,
  CalendarClock,
  ChartBar,
  ChartLine,
  ChartPie,
  ChevronUp,
  CircleDot,
  CircleX,
  Clipboard,
  ClipboardList,
  Cloud,
  Columns2,
  Command,
  Cpu,
  Filter,
  FolderPlus,
  Funnel,
  Gauge,
  GitBranch,
  GripVertical,
  Handshake,
  HardDrive,
  Hash,
  Heart,
  House,
  Keyboard,
  Link2,
  ListChecks,
  Loader,
  Lock,
  LogIn,
  MapPin,
  MessageSquare,
  Mic,
  Move,
  Network,
  Newspaper,
  Notebook,
  PackageOpen,
  Phone,
  Power,
  Puzzle,
  Redo2,
  Scale,
  Scroll,
  Server,
  Share2,
  ShoppingCart,
  SlidersHorizontal,
  SquareCheck,
  StickyNote,
  SunMoon,
  Target,
  Timer,
  Trash,
  TrendingDown,
  TrendingUp,
  Truck,
  Unlink,
  UserPlus,
  Users,
  Wifi,
  WifiOff,
  Wrench,
}
