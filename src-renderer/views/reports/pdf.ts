import type { PDFPageProxy } from 'pdfjs-dist';

/** A page's size at 100 %, in CSS pixels. */
export interface PageSize {
  width: number;
  height: number;
}

/** An opened PDF. */
export interface PdfDocument {
  pages: readonly PageSize[];
  /**
   * Draws a page (from 0). What was being drawn on this canvas is given up. Pages are drawn one after another, in the order
   * asked for: all at once, each would stay white until nearly all are done.
   * @param zoom 1 is 100 %
   */
  draw: (page: number, canvas: HTMLCanvasElement, zoom: number) => Promise<void>;
  /** Gives up what is or would be drawn on this canvas, and its memory. */
  drop: (canvas: HTMLCanvasElement) => void;
  close: () => void;
}

interface Drawing {
  zoom: number;
  /** Once its turn has come. */
  task?: { promise: Promise<void>; cancel: () => void };
}

/** PDF counts in points of 1/72 inch, CSS in pixels of 1/96. */
const PIXELS_PER_POINT = 96 / 72;
/** Larger bitmaps only cost memory: the file itself is what is printed. */
const MAX_PIXEL_RATIO = 2;

/**
 * Opens a PDF. The library is loaded only now: most sessions never look at a report. It evaluates no code, fetches nothing
 * and works in a thread of our own origin, so that the content security policy needs no hole.
 */
export async function openPdf(bytes: Uint8Array): Promise<PdfDocument> {
  const [library, { default: workerFile }] = await Promise.all([
    import('pdfjs-dist/legacy/build/pdf.mjs'),
    import('pdfjs-dist/legacy/build/pdf.worker.min.mjs?url'),
  ]);
  const thread = new Worker(workerFile, { type: 'module' });
  const worker = library.PDFWorker.create({ port: thread });
  const end = (): void => {
    worker.destroy();
    thread.terminate();
  };
  try {
    const document = await library.getDocument({
      data: bytes,
      worker,
      useWasm: false,
      useWorkerFetch: false,
      enableXfa: false,
      verbosity: library.VerbosityLevel.ERRORS,
    }).promise;
    const pages = await Promise.all(
      Array.from({ length: document.numPages }, (_, index) => document.getPage(index + 1)),
    );
    const drawing = new WeakMap<HTMLCanvasElement, Drawing>();
    let turn = Promise.resolve();
    const drop = (canvas: HTMLCanvasElement): void => {
      drawing.get(canvas)?.task?.cancel();
      drawing.delete(canvas);
      canvas.width = 0;
    };
    const render = async (mine: Drawing, page: PDFPageProxy, canvas: HTMLCanvasElement): Promise<void> => {
      if (drawing.get(canvas) !== mine) return;
      const ratio = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio);
      const viewport = page.getViewport({ scale: PIXELS_PER_POINT * mine.zoom * ratio });
      canvas.width = Math.floor(viewport.width);
      canvas.height = Math.floor(viewport.height);
      mine.task = page.render({ canvas, viewport });
      try {
        await mine.task.promise;
      } catch (error) {
        // A newer drawing on the same canvas: nobody's error.
        if (!(error instanceof library.RenderingCancelledException)) throw error;
      }
    };
    return {
      pages: pages.map((page) => {
        const { width, height } = page.getViewport({ scale: PIXELS_PER_POINT });
        return { width, height };
      }),
      draw: (index, canvas, zoom) => {
        drawing.get(canvas)?.task?.cancel();
        const page = pages[index];
        if (page === undefined) return Promise.resolve();
        const mine: Drawing = { zoom };
        drawing.set(canvas, mine);
        const drawn = turn.then(() => render(mine, page, canvas));
        turn = drawn.catch(() => undefined);
        return drawn;
      },
      drop,
      close: () => void document.loadingTask.destroy().finally(end),
    };
  } catch (error) {
    end();
    throw error;
  }
}
