package picture

import (
	"image"
	"image/color"
	"image/draw"
)

// Fit draws a picture so that it is no larger than a box, in pixels; it is never made larger.
func Fit(width, height int) Shape {
	return func(src image.Image) *image.NRGBA {
		b := src.Bounds()
		w, h := b.Dx(), b.Dy()
		if w > width {
			w, h = width, max(1, h*width/w)
		}
		if h > height {
			w, h = max(1, w*height/h), height
		}
		return scale(src, b, w, h)
	}
}

// Cover draws the middle of a picture as a square of a size, in pixels.
func Cover(side int) Shape {
	return func(src image.Image) *image.NRGBA {
		b := src.Bounds()
		short := min(b.Dx(), b.Dy())
		at := b.Min.Add(image.Pt((b.Dx()-short)/2, (b.Dy()-short)/2))
		return scale(src, image.Rectangle{Min: at, Max: at.Add(image.Pt(short, short))}, side, side)
	}
}

// Square puts what a shape draws into the middle of a transparent square.
func Square(inner Shape) Shape {
	return func(src image.Image) *image.NRGBA {
		drawn := inner(src)
		b := drawn.Bounds()
		side := max(b.Dx(), b.Dy())
		out := image.NewNRGBA(image.Rect(0, 0, side, side))
		at := image.Pt((side-b.Dx())/2, (side-b.Dy())/2)
		draw.Draw(out, b.Add(at), drawn, b.Min, draw.Src)
		return out
	}
}

// scale draws a part of a picture in a size. Each pixel is the mean of those that it stands for.
func scale(src image.Image, from image.Rectangle, w, h int) *image.NRGBA {
	plain := image.NewRGBA64(image.Rect(0, 0, from.Dx(), from.Dy()))
	draw.Draw(plain, plain.Bounds(), src, from.Min, draw.Src)
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Set(x, y, average(plain, x*from.Dx()/w, y*from.Dy()/h, (x+1)*from.Dx()/w, (y+1)*from.Dy()/h))
		}
	}
	return out
}

// average is the mean colour of a part of a picture, at least of one pixel.
func average(src *image.RGBA64, x0, y0, x1, y1 int) color.RGBA64 {
	x1, y1 = max(x1, x0+1), max(y1, y0+1)
	var r, g, b, a uint64
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			c := src.RGBA64At(x, y)
			r, g, b, a = r+uint64(c.R), g+uint64(c.G), b+uint64(c.B), a+uint64(c.A)
		}
	}
	n := uint64((x1 - x0) * (y1 - y0))                                                          //nolint:gosec // positive
	return color.RGBA64{R: uint16(r / n), G: uint16(g / n), B: uint16(b / n), A: uint16(a / n)} //nolint:gosec // means of 16 bits
}
