import { weighAcross, weighDown } from "../../lane/weigh";
import { RowOperation, slide, Window } from "../../lane/window";

class Weighted implements RowOperation {
  across(window: Window, row: usize): void {
    weighAcross(window, row);
  }

  down(window: Window): bool {
    weighDown(window);
    return true;
  }
}

/** A weighted mean of each pixel's neighbours, along the rows and then down the columns, rounded once. */
export function weighted_items(window: Window): void {
  slide<Weighted>(window);
}
