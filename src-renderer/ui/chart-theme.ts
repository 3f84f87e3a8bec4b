import { shallowRef, type ShallowRef } from 'vue';

/** Colours a chart needs as values: a canvas can't read custom properties itself. */
export interface ChartColours {
  series: readonly string[];
  other: string;
  band: string;
  grid: string;
  axis: string;
  crosshair: string;
  text: string;
  overlay: string;
  line: string;
  gap: string;
  /** Hatch of gaps; plain where no canvas is to be had. */
  hatch: { image: HTMLCanvasElement; repeat: 'repeat' } | string;
  breach: string;
  critical: string;
  error: string;
  warning: string;
  font: string;
}

/** A 6 px tile with one diagonal, like `--y-gap-hatch`. */
function hatchOf(colour: string): ChartColours['hatch'] {
  const image = document.createElement('canvas');
  image.width = 6;
  image.height = 6;
  const pen = image.getContext('2d');
  if (pen === null) return colour;
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.5;
  pen.beginPath();
  // The corners continue the line into the neighbouring tiles.
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return { image, repeat: 'repeat' };
}

function readColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--y-${name}`).trim();
  return {
    series: ['c1', 'c3', 'c2', 'c4', 'c5', 'c6'].map(token),
    other: token('c-other'),
    band: token('band'),
    grid: token('grid'),
    axis: token('axis'),
    crosshair: token('crosshair'),
    text: token('text'),
    overlay: token('overlay'),
    line: token('line-strong'),
    gap: token('unknown'),
    hatch: hatchOf(token('unknown')),
    breach: token('c2'),
    critical: token('critical'),
    error: token('error'),
    warning: token('warning'),
    font: token('font-ui'),
  };
}

let colours: ShallowRef<ChartColours> | undefined;

/** The tokens in force; changes when the theme is switched. */
export function useChartColours(): ShallowRef<ChartColours> {
  if (colours === undefined) {
    const shared = shallowRef(readColours());
    colours = shared;
    // The theme is an attribute of the root element; one observer serves every chart of the window.
    new MutationObserver(() => {
      shared.value = readColours();
    }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  }
  return colours;
}
