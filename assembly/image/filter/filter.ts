import { weighAcross, weighDown } from "../../lane/weigh";
import { RowOperation, slide, Window } from "../../lane/window";
import { bilateral } from "./bilateral";
import { gradient, trace } from "./canny";
import { magnitude } from "./magnitude";
import { sharpen, subtract } from "./pointwise";
import { fold, median } from "./rank";

/** The row operations, by the numbers the host passes; 0 is the sum of the terms. */
const SHARPEN: i32 = 1;
const LEAST: i32 = 2;
const MOST: i32 = 3;
const MEDIAN: i32 = 4;
const MAGNITUDE: i32 = 5;
const SUBTRACT: i32 = 6;
const BILATERAL: i32 = 7;
const GRADIENT: i32 = 8;

class Filter implements RowOperation {
  across(window: Window, row: usize): void {
    const operation = window.operation;
    if (operation < LEAST) weighAcross(window, row);
    else fold(window, row, window.across, window.acrossCount, operation == MOST);
  }

  down(window: Window): bool {
    const operation = window.operation;
    if (operation < LEAST) {
      weighDown(window);
      if (operation == SHARPEN) sharpen(window);
    } else if (operation < MEDIAN) fold(window, window.out, window.down, window.downCount, operation == MOST);
    else if (operation == MEDIAN) median(window);
    else if (operation == MAGNITUDE) magnitude(window);
    else if (operation == SUBTRACT) subtract(window);
    else if (operation == BILATERAL) bilateral(window);
    else gradient(window);
    return operation != GRADIENT;
  }
}

/** A pass over a picture, which the window describes: see lane/window.ts. */
export function filter_items(window: Window): void {
  slide<Filter>(window);
}

/** What follows a pass of gradients: from their lengths to edges, into the target of the window. */
export function canny_items(window: Window, low: f32, high: f32): void {
  trace(window, low, high);
}
